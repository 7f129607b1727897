// Of ajv, for conf: it is made only where conf is given a schema.
export class Ajv2020 {
	constructor() {
		throw new Error('not part of vpmon');
	}
}
export default {};
