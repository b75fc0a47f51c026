// Runs one npm script in every workspace that has it, one after the other, and fails when one of them fails.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const script = process.argv[2]
if (!script) throw new Error('usage: node scripts/each.mjs SCRIPT')

const workspaces = ['packages', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name)))
let failed = 0
for (const folder of workspaces) {
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) continue
  const command = JSON.parse(readFileSync(manifest, 'utf8')).scripts?.[script]
  if (!command) continue
  console.log(`${script}: ${folder.slice(root.length + 1)}`)
  const bin = join(root, 'node_modules', '.bin')
  const done = spawnSync(command, {
    cwd: folder,
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}` },
  })
  if (done.status !== 0) failed += 1
}
process.exit(failed ? 1 : 0)
