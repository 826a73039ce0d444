namespace Pith.Compress.LowRank;

/// <summary>A low-rank term, what it is good for, and how it was found.</summary>
/// <remarks>Errors are ‖F·(E − C)‖ for the scale F that was given: with FᵀF = R the root mean square, over tokens, of the length of the output's error.</remarks>
/// <param name="Term">The factors, rounded to the format asked for.</param>
/// <param name="SingularValues">σ of F·E, descending, one for each column of A: column j lowers the squared error by σ[j]².</param>
/// <param name="ErrorBefore">‖F·E‖, without the term.</param>
/// <param name="ErrorExact">‖F·(E − C)‖ with factors in double precision: √(‖F·E‖² − Σσ²).</param>
/// <param name="ErrorAfter">‖F·(E − C)‖ with the factors as they are in <paramref name="Term"/>; its square good to about 10^-7 of that of <paramref name="ErrorBefore"/>.</param>
/// <param name="Regularization">ε of the scale.</param>
/// <param name="Rounds">Rounds of the singular value decomposition after its random start; 0 where it was computed whole.</param>
/// <param name="HasConverged">Whether the squared error is estimated to be the least but for the tolerance.</param>
public sealed record LowRankResult(
    LowRankTerm Term,
    IReadOnlyList<double> SingularValues,
    double ErrorBefore,
    double ErrorExact,
    double ErrorAfter,
    double Regularization,
    int Rounds,
    bool HasConverged);
