import packageJson from '../../package.json' with { type: 'json' };

/** Of this vpmon. Part of the identification string, so that targets' admins know whom they see. */
export const version: string = packageJson.version;
