import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// Every workspace that has a vite.config.ts is a test project of its own (own plugins, own aliases).
const folders = ['packages', 'apps'].flatMap((kind) => readdirSync(new URL(kind, import.meta.url)).map((name) => `${kind}/${name}`))
const projects = folders.filter((folder) => existsSync(new URL(`${folder}/vite.config.ts`, import.meta.url)))

export default defineConfig({ test: { projects, maxWorkers: 2 } })
