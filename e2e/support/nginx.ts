/** A real web server: a reverse proxy before a page server, or a static host. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../../src/runner/certificate.ts';
import { ensureProgram, freePort, startProgram } from './programs.ts';

export interface Nginx {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** As docs/DEPLOY.md has it. */
const proxyTo = (page: string) => `
      proxy_pass ${page};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout 1h;`;

/** Files and nothing else, with no header of ours. */
const files = (root: string) => `
      types { text/html html; text/javascript js mjs; text/css css; application/wasm wasm; application/json json; image/svg+xml svg; }
      alias ${root}/;`;

/** In a folder and on a port of its own, in one process, which may read what its starter may. */
const configuration = (folder: string, listen: string, mesh: string) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen ${listen};
    location /mesh/ {${mesh}
    }
  }
}
`;

/** Starts nginx with the page of `page` under `/mesh/`, by https where there is a certificate. */
export const startNginx = (page: string, certificate?: Certificate): Promise<Nginx> => start(proxyTo(page), certificate);

/** Starts nginx with the files of a folder under `/mesh/`. */
export const startStaticHost = (root: string): Promise<Nginx> => start(files(root));

async function start(mesh: string, certificate?: Certificate): Promise<Nginx> {
  const nginx = ensureProgram('nginx', 'nginx-light');
  const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-nginx-'));
  const port = await freePort();
  let listen = `127.0.0.1:${port}`;
  if (certificate) {
    await writeFile(join(folder, 'key.pem'), certificate.key, { mode: 0o600 });
    await writeFile(join(folder, 'cert.pem'), certificate.cert);
    listen = `${listen} ssl;\n    ssl_certificate ${folder}/cert.pem;\n    ssl_certificate_key ${folder}/key.pem`;
  }
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, listen, mesh));
  const child = await startProgram(nginx, ['-p', folder, '-c', file], () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    ),
  );
  return {
    port,
    close: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
