using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Pith.Studies;

/// <summary>Tells builds of code apart: the same sources give the same version, any change another one.</summary>
public static class CodeVersion
{
    private const int Digits = 16;

    /// <summary>One version for several assemblies.</summary>
    /// <param name="types">One type of each assembly whose code makes the results.</param>
    /// <returns>Sixteen hexadecimal digits.</returns>
    public static string Of(params IEnumerable<Type> types)
    {
        // Builds are deterministic: the module version is a hash of what was compiled.
        var modules = types.Select(type => type.Assembly).Distinct().Select(Version).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', modules))))[..Digits];
    }

    private static string Version(Assembly assembly) => assembly.ManifestModule.ModuleVersionId.ToString("N");
}
