export const about =
  'A client of another major version is refused, one of this version is not (handshake).';
export const needs = ['versions'];
export const clients = {
  ada: { connects: false, auth: { protocolVersion: '2.0.0' } },
  grace: { auth: { protocolVersion: '1.7.3' } },
};

export default async ({ ada, grace }) => {
  await ada.isRefused();
  await grace.call('ping');
};
