/*
 * Times FLINT on a linear system A x = b over the integers. Reads from standard input, as text: n, the n * n entries
 * of A by rows, and the n entries of b. Prints two numbers: the milliseconds of fmpz_mat_solve_dixon (x modulo a power
 * of a prime), and those of fmpq_mat_set_fmpz_mat_mod_fmpz (x as fractions in lowest terms); of 3 runs, the best.
 *
 * cc -O2 flint-dixon.c -lflint -lgmp
 */
#include <flint/fmpq_mat.h>
#include <flint/fmpz.h>
#include <flint/fmpz_mat.h>
#include <stdio.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int read_matrix(fmpz_mat_t M)
{
    for (slong i = 0; i < fmpz_mat_nrows(M); i++)
        for (slong j = 0; j < fmpz_mat_ncols(M); j++)
            if (!fmpz_fread(stdin, fmpz_mat_entry(M, i, j)))
                return 0;
    return 1;
}

int main(void)
{
    int n;
    fmpz_mat_t A, b, x;
    fmpq_mat_t fractions;
    fmpz_t modulus;
    double solve = 0, convert = 0;
    if (scanf("%d", &n) != 1)
        return 2;
    fmpz_mat_init(A, n, n);
    fmpz_mat_init(b, n, 1);
    fmpz_mat_init(x, n, 1);
    fmpq_mat_init(fractions, n, 1);
    fmpz_init(modulus);
    if (!read_matrix(A) || !read_matrix(b))
        return 2;
    for (int run = 0; run < 3; run++)
    {
        double start = now_ms(), solved, converted;
        if (!fmpz_mat_solve_dixon(x, modulus, A, b))
            return 1;
        solved = now_ms();
        if (!fmpq_mat_set_fmpz_mat_mod_fmpz(fractions, x, modulus))
            return 1;
        converted = now_ms();
        if (run == 0 || converted - start < solve + convert)
        {
            solve = solved - start;
            convert = converted - solved;
        }
    }
    printf("%.2f %.2f\n", solve, convert);
    fmpz_clear(modulus);
    fmpq_mat_clear(fractions);
    fmpz_mat_clear(x);
    fmpz_mat_clear(b);
    fmpz_mat_clear(A);
    return 0;
}
