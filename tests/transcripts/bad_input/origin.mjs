export const about = 'A request of a foreign origin is refused at the handshake (decision 31).';
export const clients = { ada: {} };

export default async ({ ada }, { request }) => {
  const headers = { origin: 'https://foreign.example' };
  await request('GET /socket.io/?EIO=4&transport=polling', { headers });
};
