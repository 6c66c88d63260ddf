export type IntegerMatrix = readonly (readonly bigint[])[];

/** The matrix numerators / denominator, with denominator > 0 and no factor common to it and all numerators. */
export type RationalMatrix = { readonly numerators: bigint[][]; readonly denominator: bigint };
