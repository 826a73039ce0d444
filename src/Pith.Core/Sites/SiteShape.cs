namespace Pith.Core.Sites;

/// <summary>A site with the shape of its product.</summary>
/// <param name="Site">The address.</param>
/// <param name="Outputs">Rows of the right operand's stored form [outputs, inputs]. For <c>attn.qk</c> and <c>attn.av</c> the
/// products run once per head, over head_dim and over the tokens seen; then <paramref name="Outputs"/> and
/// <paramref name="Inputs"/> describe one cached row: 1 × (kv heads · head_dim).</param>
/// <param name="Inputs">Length of the contraction.</param>
public sealed record SiteShape(Site Site, int Outputs, int Inputs)
{
    /// <summary>Stored weights of the site; 0 where no operand is a weight.</summary>
    public long Weights => Site.HasWeight ? (long)Outputs * Inputs : 0;
}
