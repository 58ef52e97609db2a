// Who looks at the page, where the server asks for tokens.

const RANKS = ['viewer', 'operator', 'admin'];

let role = 'admin';

/** Whether the visitor may do what takes this role. */
export const may = (needed) => RANKS.indexOf(role) >= RANKS.indexOf(needed);

/** Asks for a token until one is good; at once where none is asked for. */
export async function signIn() {
  const answer = await fetch('/api/session');
  if (answer.status === 401) {
    await askForToken();
    return signIn();
  }
  if (answer.ok) ({ role } = await answer.json());
  return role;
}

function askForToken() {
  const dialog = document.createElement('dialog');
  dialog.className = 'sign-in';
  dialog.innerHTML = `
    <form method="dialog">
      <h2>Who is there?</h2>
      <p>This farm asks for a token. Whoever runs it makes one with <code>handscroll token</code>.</p>
      <label>Token <input type="password" autocomplete="current-password" required autofocus></label>
      <p class="wrong" role="alert" hidden>This token opens nothing here.</p>
      <menu><button class="main">Sign in</button></menu>
    </form>`;
  document.body.append(dialog);
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.showModal();
  return new Promise((signedIn) => {
    dialog.querySelector('form').onsubmit = async (event) => {
      event.preventDefault();
      const token = dialog.querySelector('input').value.trim();
      const answer = await fetch('/api/session', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
      dialog.querySelector('.wrong').hidden = answer.ok;
      if (!answer.ok) return;
      dialog.remove();
      signedIn();
    };
  });
}
