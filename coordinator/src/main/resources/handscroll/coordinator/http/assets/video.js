// The page of a job that makes a video: plays what is there of it, and more as it grows.
import { fetchJob, id, layHeader, sayMissing, sayState, showHeader } from './header.js';
import { size } from './words.js';
import { signIn } from './session.js';

const POLL_MILLIS = 1000;

/** Small videos are shown at most this much larger than they are. */
const LARGEST = 3;

const video = document.getElementById('video');
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

/** Waits, as long as nothing is there to play. */
function sayWaiting(job) {
  const waiting = document.getElementById('waiting');
  waiting.hidden = video.dataset.segments > 0 || job.over;
  waiting.textContent = job.workerCount === 0 ? 'Waiting for a worker to join' : 'The first frames are being painted';
}

function watch() {
  const events = new EventSource(`/api/jobs/${id}/events`);
  const on = (type, act) => events.addEventListener(type, (event) => act(JSON.parse(event.data)));
  const show = (job) => { showHeader(job); sayWaiting(job); };
  events.onerror = () => sayState('Reconnecting', 'away');
  on('status', show);
  on('ended', (job) => { events.close(); show(job); });
}

layHeader();
try {
  await signIn();
  const job = await fetchJob();
  const { widthPixels, heightPixels } = job.canvas;
  video.style.aspectRatio = `${widthPixels} / ${heightPixels}`;
  video.style.width = `${LARGEST * widthPixels}px`;
  document.getElementById('place').textContent = size(job.canvas);
  showHeader(job);
  sayWaiting(job);
  watch();
  if ((await playlist()).ended) video.src = `/jobs/${id}/video.mp4`;
  else await grow();
} catch (failure) {
  sayMissing(failure);
}
