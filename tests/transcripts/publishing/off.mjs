export const about = 'Without a publish token there is nothing to publish to (decision 27).';
export const needs = ['config:no-publishing'];
export const clients = { ada: {} };

export default async ({ ada }, { request }) => {
  const body = { namespace: '/', room: '<room:lobby>', event: 'projectUpdate', payload: {} };
  await request('POST /publish', { headers: { authorization: 'Bearer anything' }, body });
};
