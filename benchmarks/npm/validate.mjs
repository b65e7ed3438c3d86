// The engines shacl-engine and rdf-validate-shacl, some records at a time; benchmarks/validating.py runs them.
// `node validate.mjs ENGINE FOLDER SIZE SHAPES…` prints how many results there are; ENGINE is one of them, or
// shacl-engine-core for the first without SPARQL constraints.
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Parser, DataFactory } from 'n3'
import dataset from '@rdfjs/dataset'

const [engine, folder, size, ...paths] = process.argv.slice(2)

const read = (text, format) => dataset.dataset(new Parser({ format }).parse(text))

// Each file has blank nodes of its own, so they are read one after the other.
const shapes = dataset.dataset()
for (const path of paths) {
  for (const quad of read(await readFile(path, 'utf8'), 'text/turtle')) {
    // rdf-validate-shacl ends where it meets a SPARQL constraint.
    if (engine !== 'rdf-validate-shacl' || quad.predicate.value !== 'http://www.w3.org/ns/shacl#sparql') {
      shapes.add(quad)
    }
  }
}

async function made () {
  if (engine === 'rdf-validate-shacl') {
    const { default: Validator } = await import('rdf-validate-shacl')
    const validator = new Validator(shapes)
    return data => validator.validate(data)
  }
  const { Validator } = await import('shacl-engine')
  const { targetResolvers, validations } = await import('shacl-engine/sparql.js')
  const sparql = engine === 'shacl-engine' ? { targetResolvers, validations } : {}
  const validator = new Validator(shapes, { factory: DataFactory, ...sparql })
  return data => validator.validate({ dataset: data })
}

const validate = await made()
const lengths = (await readFile(join(folder, 'lengths'), 'utf8')).trim().split('\n').map(line => Number(line.split(' ')[1]))
const records = await open(join(folder, 'triples.nt'))
let found = 0
for (let first = 0; first < lengths.length; first += Number(size)) {
  const bytes = Buffer.alloc(lengths.slice(first, first + Number(size)).reduce((sum, one) => sum + one, 0))
  await records.read(bytes, 0, bytes.length)
  const report = await validate(read(bytes.toString('utf8'), 'application/n-triples'))
  found += report.results.length
}
await records.close()
console.log(found)
