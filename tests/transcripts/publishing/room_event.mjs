export const about =
  'An event of the application reaches the sockets in a room (Rooms; decision 27).';
export const needs = ['publish'];
export const clients = { ada: {}, grace: {} };

export default async ({ ada, grace }, { publish }) => {
  await ada.call('joinRoom', '<room:project-123>');
  const update = { namespace: '/', room: '<room:project-123>', event: 'projectUpdate' };
  await publish({ ...update, payload: { version: 2, tags: ['a', 'b'] } });
  await ada.call('leaveRoom', '<room:project-123>');
  await publish({ ...update, payload: { version: 3 } });
};
