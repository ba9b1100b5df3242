export const about = 'The server says that it lives and is ready (decision 29).';
export const clients = { ada: {} };

export default async ({ ada }, { request }) => {
  await request('GET /healthz');
  await request('GET /readyz');
  await request('GET /metrics');
};
