import { auditFile, auditProblem } from '../../source/storage/audit.ts';
import { runtimeDirectory, siteDirectory } from '../../source/storage/directories.ts';
import { otherBoards } from '../../source/storage/other-boards.ts';

// Where a vpmon process of this user would keep what it shares.
const directories = { runtime: runtimeDirectory(), site: siteDirectory(), audit: auditFile() };
process.stdout.write(JSON.stringify({ ...directories, problem: auditProblem(), others: otherBoards() }));
