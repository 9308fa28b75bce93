import { datatypeOf, datatypes, elements, fits, zeros, type Datatype } from '../../../../src/runtime/engine/tensors';

test('every datatype is found again by its name in the engine', () => {
  for (const [name, { engine }] of Object.entries(datatypes)) expect(datatypeOf(engine)).toBe(name);
  expect(datatypeOf('int4')).toBeUndefined();
});

test('a scalar holds one value, a length of zero none', () => {
  expect(elements([])).toBe(1);
  expect(elements([3, 0, 2])).toBe(0);
  expect(elements([3, 2])).toBe(6);
});

test('a shape fits when each length does; -1 takes any', () => {
  expect(fits([7, 4], [-1, 4])).toBe(true);
  expect(fits([0, 4], [-1, 4])).toBe(true);
  expect(fits([7, 3], [-1, 4])).toBe(false);
  expect(fits([4], [-1, 4])).toBe(false);
  expect(fits([], [])).toBe(true);
});

test.each(Object.keys(datatypes) as Datatype[])(
  'zeros of %s have the smallest shape and the right class',
  (datatype) => {
    const { shape, data } = zeros({ name: 'X', datatype, shape: [-1, 3] });
    expect(shape).toEqual([1, 3]);
    expect(data).toHaveLength(3);
    if (datatype === 'BYTES') expect(data).toEqual(['', '', '']);
    else expect(data.constructor).toBe(datatypes[datatype].array);
  },
);
