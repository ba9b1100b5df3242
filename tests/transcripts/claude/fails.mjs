export const about = 'A CLI that fails is EXECUTION_ERROR, never claude:complete (decision 22).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'exit 3' });
  await ada.sees('claude:error');
};
