export const about = 'A success starts the count of failures anew (decision 2: in a row).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  const bad = { token: 'not a token' };
  for (let attempt = 1; attempt <= 4; attempt += 1) await ada.call('authenticate', bad);
  await ada.call('authenticate', { token: '<token:ada>' });
  for (let attempt = 1; attempt <= 4; attempt += 1) await ada.call('authenticate', bad);
  await ada.call('getConnectionInfo');
};
