export const about = 'Who signs in later receives what is sent then (decisions 3, 28).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/notifications' } };

export default async ({ ada }, { publish }) => {
  const note = {
    namespace: '/notifications',
    userId: '<user:ada>',
    event: 'notification',
    payload: {
      id: 'n1',
      type: 'warning',
      title: 'Careful',
      message: 'Wet paint',
      timestamp: '2026-01-31T12:00:00.000Z',
    },
  };
  await publish(note);
  await ada.call('authenticate', { token: '<token:ada>' });
  await publish(note);
  await publish({ ...note, payload: { ...note.payload, id: 'n2', type: 'error' } });
  await publish({ ...note, payload: { ...note.payload, id: 'n3', type: 'info' } });
};
