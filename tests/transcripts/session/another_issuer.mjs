export const about = 'A token of another issuer is refused where one is configured (decision 4).';
export const needs = ['config:issuer'];
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada>' });
};
