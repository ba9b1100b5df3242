export const about =
  'Undeclared events go to rooms that clients may join, and nowhere else (decision 27).';
export const needs = ['publish'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }, { request }) => {
  const headers = { authorization: 'Bearer <publishToken>' };
  const update = { event: 'projectUpdate', payload: { version: 2 } };
  const places = [
    { namespace: '/', room: 'user:<user:ada>' },
    { namespace: '/', userId: '<user:ada>' },
    { namespace: '/media', mediaId: '<media:m1>' },
  ];
  for (const place of places) {
    await request('POST /publish', { headers, body: { ...place, ...update } });
  }
  const welcome = { namespace: '/', room: '<room:lobby>', event: 'welcome', payload: {} };
  await request('POST /publish', { headers, body: welcome });
};
