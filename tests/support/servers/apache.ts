import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const MODULES = ['mpm_prefork', 'authn_core', 'authz_core', 'authz_user', 'dir', 'auth_openidc']

/**
 * What Debian's packages configure for a site on their own, for one folder and one port.
 *
 * @param settings the file of the folder with what its operator adds
 */
export function apacheConfiguration(folder: string, port: number, settings: string): string {
  const modules = process.env.APACHE_MODULES!
  const php = readdirSync(modules).find((file) => file.startsWith('libphp'))!
  return `
ServerRoot "${folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile "${folder}/httpd.pid"
DefaultRuntimeDir "${folder}"
ErrorLog "|/bin/cat"
${MODULES.map((name) => `LoadModule ${name}_module ${join(modules, `mod_${name}.so`)}`).join('\n')}
LoadModule php_module ${join(modules, php)}
StartServers 2
MinSpareServers 1
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
DocumentRoot "${folder}"
DirectoryIndex index.php
<FilesMatch "\\.php$">
  SetHandler application/x-httpd-php
</FilesMatch>
Include "${join(folder, settings)}"
`
}
