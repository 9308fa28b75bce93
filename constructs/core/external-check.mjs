// Asks a hosted product whether it answers and takes the credential, and says in one sentence what is wrong where it does not.
// CHECK holds { name, url, headers, hosts }; `{NAME}` in a header is taken from the environment. Exits 0, or 1 with a finding.
import { connect } from 'node:net';

const { name, url, headers = {}, hosts = [] } = JSON.parse(process.env.CHECK ?? '{}');
const seconds = 15;
const findings = [];

const filled = Object.entries(headers).map(([key, value]) => [
  key,
  value.replace(/\{(\w+)\}/g, (_, variable) => {
    const found = process.env[variable];
    if (!found) findings.push(`the variable ${variable} is empty; put the credential into its secret`);
    return found ?? '';
  }),
]);

// A pattern such as *.example.com names no host that could be asked.
for (const host of hosts.filter((each) => !each.includes('*'))) {
  const [address, port = '443'] = host.split(':');
  const error = await new Promise((resolve) => {
    const socket = connect({ host: address, port: Number(port), timeout: seconds * 1000 });
    const end = (result) => (socket.destroy(), resolve(result));
    socket
      .once('connect', () => end())
      .once('timeout', () => end('no answer'))
      .once('error', ({ code }) => end(code));
  });
  if (error) findings.push(`${host} cannot be reached (${error}); let the namespace out to it`);
}

if (findings.length === 0) {
  try {
    const answer = await fetch(url, {
      headers: Object.fromEntries(filled),
      signal: AbortSignal.timeout(seconds * 1000),
    });
    await answer.arrayBuffer();
    if (answer.status === 401 || answer.status === 403) {
      findings.push(`it refuses the credential (HTTP ${answer.status}); put a valid one into its secret`);
    } else if (!answer.ok) findings.push(`it answers HTTP ${answer.status} to ${url}; see whether the product is well`);
  } catch (error) {
    findings.push(`${url} does not answer (${error.cause?.code ?? error.name}); see whether the product is well`);
  }
}

for (const finding of findings) console.error(`${name}: ${finding}`);
if (findings.length === 0) console.log(`${name}: it answers and takes the credential`);
process.exit(findings.length === 0 ? 0 : 1);
