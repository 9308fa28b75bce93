import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile, programText } from 'plinth/constructs/core/package-file';

test('files that are shipped beside the sources are found', () => {
  expect(existsSync(packageFile('constructs/core/objects-chart/Chart.yaml'))).toBe(true);
  expect(existsSync(packageFile('constructs/experiments/tuning/optuna_step.py'))).toBe(true);
});

test("a program's own templates are kept from Terraform", () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-text-'));
  try {
    const file = join(folder, 'x.sh');
    writeFileSync(file, '${A} $A %{b} 100% $${C}');
    expect(programText(file)).toBe('$${A} $A %%{b} 100% $$${C}');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
