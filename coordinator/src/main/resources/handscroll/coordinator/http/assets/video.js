// The page of a job that makes a video: plays what is there of it, and more as it grows.
import { signIn } from './session.js';

const POLL_MILLIS = 1000;
const id = location.pathname.split('/')[2];
const at = (name) => document.getElementById(name);
const video = at('video');
const pause = (millis) => new Promise((later) => { setTimeout(later, millis); });

async function bytes(name) {
  const answer = await fetch(`/jobs/${id}/${name}`);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.arrayBuffer();
}

/** What is there: segments in their order, and whether no more will come. */
async function playlist() {
  const answer = await fetch(`/jobs/${id}/video.m3u8`, { cache: 'no-store' });
  if (!answer.ok) return { segments: [], ended: false };
  const lines = (await answer.text()).split('\n');
  return {
    start: lines.join('\n').match(/#EXT-X-MAP:URI="([^"]+)"/)?.[1],
    segments: lines.filter((line) => line && !line.startsWith('#')),
    ended: lines.includes('#EXT-X-ENDLIST'),
  };
}

/** As H.264 names its profile and level: the three bytes after the version in the avcC box. */
function codec(start) {
  const all = new Uint8Array(start);
  const box = all.findIndex((_, i) => String.fromCharCode(...all.slice(i, i + 4)) === 'avcC');
  const name = [...all.slice(box + 5, box + 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `video/mp4; codecs="avc1.${name}"`;
}

function append(buffer, content) {
  return new Promise((done, failed) => {
    buffer.addEventListener('updateend', done, { once: true });
    buffer.addEventListener('error', () => failed(new Error('the browser refused a segment')), { once: true });
    buffer.appendBuffer(content);
  });
}

/** Feeds the player segment by segment, until the last one. */
async function grow() {
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((open) => { source.addEventListener('sourceopen', open, { once: true }); });
  let buffer;
  for (let known = 0; ;) {
    const { start, segments, ended } = await playlist();
    if (!buffer && segments.length > 0) {
      const first = await bytes(start);
      buffer = source.addSourceBuffer(codec(first));
      await append(buffer, first);
    }
    for (; known < segments.length; known++) await append(buffer, await bytes(segments[known]));
    video.dataset.segments = known;
    if (ended) {
      source.endOfStream();
      return;
    }
    await pause(POLL_MILLIS);
  }
}

async function say() {
  for (;;) {
    const job = await (await fetch(`/api/jobs/${id}`)).json();
    const { canvas } = job;
    const decoded = job.stages.find((stage) => stage.name === 'decode');
    const frames = decoded ? Math.floor(decoded.renderedCount * canvas.frameCount / decoded.cellCount) : 0;
    document.title = `${job.name} · Handscroll`;
    at('name').textContent = job.name;
    at('facts').textContent = `${job.state}: ${frames} of ${canvas.frameCount} frames of ${canvas.widthPixels} × ${
      canvas.heightPixels} px`;
    at('cause').textContent = job.cause ?? '';
    at('cause').hidden = !job.cause;
    video.width = canvas.widthPixels;
    video.height = canvas.heightPixels;
    if (job.over) return;
    await pause(POLL_MILLIS);
  }
}

await signIn();
say();
if ((await playlist()).ended) {
  video.src = `/jobs/${id}/video.mp4`;
} else {
  await grow();
}
