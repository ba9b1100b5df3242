export const about =
  'Logging out on / is told and called back, also when nobody is signed in (logout; decision 7).';
export const clients = { ada: { namespace: '/', auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('logout');
  await ada.call('logout');
};
