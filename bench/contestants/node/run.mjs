// Pluggy's SDK for Node: fetchAllTransactions, which keeps every row, or its decoder alone.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const { PluggyClient } = require('pluggy-sdk')
const { deserializeJSONWithDates } = require('pluggy-sdk/dist/transforms.js')

const sum = rows => rows.reduce((total, row) => total + row.amount, 0)

const measured = async work => {
  const wall = process.hrtime.bigint()
  const cpu = process.cpuUsage()
  const { rows, total } = await work()
  const used = process.cpuUsage(cpu)
  console.log(
    JSON.stringify({
      rows,
      total: Math.round(total * 100) / 100,
      wall: Number(process.hrtime.bigint() - wall) / 1e9,
      cpu: (used.user + used.system) / 1e6,
      peak: process.resourceUsage().maxRSS / 1024,
    })
  )
}

const fetchAll = async accountId => {
  const client = new PluggyClient({
    clientId: process.env.PLUGGY_CLIENT_ID,
    clientSecret: process.env.PLUGGY_CLIENT_SECRET,
  })
  await client.fetchCategories()
  await measured(async () => {
    const rows = await client.fetchAllTransactions(accountId)
    return { rows: rows.length, total: sum(rows) }
  })
}

const decode = async directory => {
  const bodies = readdirSync(directory)
    .sort()
    .map(name => readFileSync(join(directory, name)))
  deserializeJSONWithDates(bodies[0].toString())
  await measured(async () => {
    let [rows, total] = [0, 0]
    for (const body of bodies) {
      const page = deserializeJSONWithDates(body.toString()).results
      rows += page.length
      total += sum(page)
    }
    return { rows, total }
  })
}

const [what, argument] = process.argv.slice(2)
await (what === 'fetch' ? fetchAll(argument) : decode(argument))
