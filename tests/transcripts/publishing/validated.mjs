export const about = 'Payloads of declared events are validated, with JSON pointers (decision 27).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/media' } };

export default async ({ ada }, { publish }) => {
  await ada.call('subscribeMedia', '<media:m1>');
  const to = { namespace: '/media', mediaId: '<media:m1>', event: 'mediaProgress' };
  const payload = { mediaId: '<media:m1>', progress: 40, stage: 'rendering' };
  await publish({ ...to, payload: { ...payload, progress: 101 } }, { mentions: ['"/progress"'] });
  await publish({ ...to, payload: { ...payload, stage: 7 } }, { mentions: ['"/stage"'] });
  await publish({ ...to, payload: { ...payload, mediaId: 'another' } }, { mentions: ['/mediaId'] });
};
