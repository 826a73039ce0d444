using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pith.Models;
using Pith.Models.Evaluation;

namespace Pith.Compress.Ratio;

/// <summary>What identifies the model and the text of a search, wherever their files are.</summary>
internal static class SearchIdentity
{
    /// <summary>SHA-256 over the shapes and the values of all block weights, lower-case hexadecimal.</summary>
    public static string Of(CausalModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var shape in model.Config.Sites.Where(shape => shape.Site.HasWeight))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{shape.Site} {shape.Outputs} {shape.Inputs}\n")));
            var weight = model.WeightOf(shape.Site);
            var row = new float[weight.Inputs];
            for (var i = 0; i < weight.Outputs; i++)
            {
                weight.CopyRow(i, row);
                hash.AppendData(MemoryMarshal.AsBytes(row.AsSpan()));
            }
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>SHA-256 over the tokens of all windows, lower-case hexadecimal.</summary>
    public static string Of(IReadOnlyList<EvaluationWindow> windows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var window in windows)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([window.Tokens.Length, window.FirstScored]));
            hash.AppendData(MemoryMarshal.AsBytes(window.Tokens.Span));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
