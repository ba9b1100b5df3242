export const about = 'Publishing needs the right token (decision 27).';
export const needs = ['publish'];
export const clients = { ada: {} };

export default async ({ ada }, { request }) => {
  const body = { namespace: '/', room: '<room:lobby>', event: 'projectUpdate', payload: {} };
  await ada.call('joinRoom', '<room:lobby>');
  await request('POST /publish', { body });
  await request('POST /publish', { headers: { authorization: 'Bearer wrong' }, body });
};
