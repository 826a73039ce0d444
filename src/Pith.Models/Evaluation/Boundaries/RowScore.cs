namespace Pith.Models.Evaluation.Boundaries;

/// <summary>Sums over scored tokens.</summary>
internal readonly record struct RowScore(long Tokens, double Nll, double Kl, double KlSquares)
{
    public static RowScore operator +(RowScore a, RowScore b) => new(a.Tokens + b.Tokens, a.Nll + b.Nll, a.Kl + b.Kl, a.KlSquares + b.KlSquares);
}
