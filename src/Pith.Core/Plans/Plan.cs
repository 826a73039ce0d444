using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Core.Plans;

/// <summary>Decisions per site: the one document which every compression stage reads and writes.</summary>
/// <remarks>Immutable, ordered by site, hence diffable; thread-safe. A site without an entry stays in high precision.</remarks>
public sealed class Plan
{
    /// <summary>The version of the JSON form.</summary>
    public const int Version = 1;

    /// <summary>Creates a plan. Entries that decide nothing are left out, so that equal decisions make equal plans.</summary>
    /// <exception cref="ArgumentException">Two entries for one site differ, or a site without a weight has a low-rank correction.</exception>
    public Plan(IEnumerable<KeyValuePair<Site, SitePlan>> sites)
    {
        Sites = sites.Where(entry => entry.Value != SitePlan.None).ToImmutableSortedDictionary();
        foreach (var (site, decision) in Sites)
        {
            if (decision.LowRank is not null && !site.HasWeight)
                throw new ArgumentException($"{site} has no weight to correct", nameof(sites));
        }
    }

    /// <summary>A plan which decides nothing.</summary>
    public static Plan Empty { get; } = new([]);

    /// <summary>The decisions, ordered by site.</summary>
    public ImmutableSortedDictionary<Site, SitePlan> Sites { get; }

    /// <summary>The decision for a site; null members where nothing is decided.</summary>
    public SitePlan this[Site site] => Sites.GetValueOrDefault(site) ?? SitePlan.None;

    /// <summary>SHA-256 of the canonical JSON form, lower-case hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));

    /// <summary>One format per operand for every site.</summary>
    /// <param name="sites">The sites of a model.</param>
    /// <param name="weights">Format of the weights.</param>
    /// <param name="activations">Format of the activations of the products with weights.</param>
    /// <param name="attention">Format of the left operands of the two attention products; the activations' when null.</param>
    /// <param name="kv">Format of K and V; <paramref name="attention"/>'s when null.</param>
    public static Plan Uniform(
        IEnumerable<Site> sites,
        NumberFormat? weights,
        NumberFormat? activations,
        NumberFormat? attention = null,
        NumberFormat? kv = null)
    {
        var left = attention ?? activations;
        var right = kv ?? left;
        return new Plan(sites.Select(site => KeyValuePair.Create(
            site,
            site.HasWeight ? new SitePlan(weights, activations) : new SitePlan(right, left))));
    }

    /// <summary>This plan with the decisions of another laid over it: where <paramref name="other"/> decides, it wins.</summary>
    public Plan With(Plan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var merged = Sites.ToBuilder();
        foreach (var (site, decision) in other.Sites)
            merged[site] = this[site].With(decision);

        return new Plan(merged);
    }

    /// <summary>Reads the JSON form.</summary>
    /// <param name="json">At most 4 MiB of JSON.</param>
    /// <param name="name">What to call the document in messages.</param>
    /// <exception cref="Diagnostics.PithException">The text is no plan (<see cref="CoreErrors.BadPlan"/>).</exception>
    public static Plan FromJson(ReadOnlyMemory<byte> json, string name = "plan") => PlanJson.Read(json, name);

    /// <summary>Reads the JSON form from a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="Diagnostics.PithException">It holds no plan (<see cref="CoreErrors.BadPlan"/>).</exception>
    public static Plan Load(string path)
    {
        // One byte more than allowed tells a file that is too long, or endless, without reading it all.
        using var file = File.OpenRead(path);
        var json = new byte[PlanJson.LargestPlanBytes + 1];
        var length = file.ReadAtLeast(json, json.Length, throwOnEndOfStream: false);
        return FromJson(json.AsMemory(0, length), path);
    }

    /// <summary>The canonical JSON form: indented, sites in order, LF line ends.</summary>
    public string ToJson() => PlanJson.Write(this);
}
