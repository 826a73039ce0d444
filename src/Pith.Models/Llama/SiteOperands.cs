using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models.Blocks;

namespace Pith.Models.Llama;

/// <summary>What a plan says about one matrix product, ready for use: a plan is a sorted dictionary, and every token asks for each site.</summary>
/// <param name="Site">The product.</param>
/// <param name="Left">Format of the left operand; null where nothing is decided.</param>
/// <param name="LeftCodec">Rounds the left operand; null where it stays as it is.</param>
/// <param name="RightCodec">Rounds the right operand; null where it stays as it is.</param>
internal readonly record struct SiteOperands(Site Site, NumberFormat? Left, FormatCodec? LeftCodec, FormatCodec? RightCodec)
{
    private static readonly int Kinds = Enum.GetValues<SiteKind>().Length;

    /// <summary>Every product of a model, to be read with <see cref="At"/>.</summary>
    public static SiteOperands[] Of(ModelConfig config, Plan plan)
    {
        var all = new SiteOperands[config.Layers * Kinds];
        for (var i = 0; i < all.Length; i++)
        {
            var site = new Site(i / Kinds, (SiteKind)(i % Kinds));
            var (right, left, _) = plan[site];
            all[i] = new SiteOperands(site, left, WeightRounding.CodecOf(left), WeightRounding.CodecOf(right));
        }

        return all;
    }

    /// <summary>One product.</summary>
    public static ref readonly SiteOperands At(SiteOperands[] all, int layer, SiteKind kind) => ref all[(layer * Kinds) + (int)kind];
}
