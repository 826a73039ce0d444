using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Cli.Frame;

namespace Pith.Cli.Doctor;

/// <summary>Looks at this machine. Starts no process and writes nothing.</summary>
internal static class Examination
{
    private const double GiB = 1L << 30;
    private const double LeastMemoryGiB = 2;
    private const double LeastDiskGiB = 1;
    private const string TorchPackage = "libtorch-cpu-linux-x64";

    /// <summary>Every check, in the order of display.</summary>
    public static IEnumerable<Check> All(string cacheDirectory) =>
    [
        new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
        new(".NET runtime", Environment.Version.ToString()),
        Sdk(),
        Processor(),
        new("cores", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        Amount("memory", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB, LeastMemoryGiB, "use a machine with more memory"),
        Amount("disk space for " + cacheDirectory, FreeSpace(cacheDirectory) / GiB, LeastDiskGiB, "free some space, or choose another --cache"),
        Bundled("bundled models", "models", "*", "config.json"),
        Bundled("bundled texts", "data", "*.txt"),
        Torch(),
    ];

    private static Check Sdk()
    {
        // The runtime lies in <root>/shared/Microsoft.NETCore.App/<version>/, the SDKs in <root>/sdk/<version>/.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var versions = SubFolders(Path.Combine(root, "sdk")).Where(name => name.StartsWith("10.", StringComparison.Ordinal)).ToList();
        return versions.Count > 0
            ? new(".NET SDK", string.Join(", ", versions))
            : new(".NET SDK", "none of version 10", CheckStatus.Missing, "apt-get install dotnet-sdk-10.0");
    }

    private static Check Processor()
    {
        var features = new (string Name, bool Here)[]
        {
            ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported && Avx512BW.IsSupported),
            ("AdvSimd", System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported),
        };
        var here = string.Join(", ", features.Where(feature => feature.Here).Select(feature => feature.Name));
        var width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        if (width == 0)
            return new("processor", "no vector instructions", CheckStatus.Optional, "everything works, slowly");
        return X86Base.IsSupported && !Avx2.IsSupported
            ? new("processor", "no AVX2", CheckStatus.Optional, "everything works, several times slower; a processor with AVX2 and FMA is the remedy")
            : new("processor", string.Create(CultureInfo.InvariantCulture, $"{here}; vectors of {width} bits"));
    }

    private static Check Amount(string name, double gib, double least, string remedy)
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"{gib:F1} GiB");
        return gib >= least
            ? new(name, found)
            : new(name, found, CheckStatus.Missing, string.Create(CultureInfo.InvariantCulture, $"at least {least:F0} GiB: {remedy}"));
    }

    private static Check Bundled(string name, string folder, string pattern, string? inside = null)
    {
        var path = Installation.Find(folder);
        var entries = path is null ? [] : Directory.EnumerateFileSystemEntries(path, pattern)
            .Where(entry => inside is null || File.Exists(Path.Combine(entry, inside)))
            .Select(entry => Path.GetFileName(entry)!)
            .Order(StringComparer.Ordinal)
            .ToList();
        return entries.Count > 0
            ? new(name, string.Join(", ", entries))
            : new(name, "none", CheckStatus.Missing, $"they are in {folder}/ of the repository: git checkout -- {folder}");
    }

    private static Check Torch()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var versions = SubFolders(Path.Combine(packages, TorchPackage)).ToList();
        return versions.Count > 0
            ? new("libtorch (training)", string.Join(", ", versions))
            : new("libtorch (training)", "not restored", CheckStatus.Optional, $"the first 'pith train' restores {TorchPackage}, about 600 MB");
    }

    private static double FreeSpace(string folder)
    {
        var at = new DirectoryInfo(folder);
        while (!at.Exists && at.Parent is not null)
            at = at.Parent;
        return new DriveInfo(at.FullName).AvailableFreeSpace;
    }

    private static IEnumerable<string> SubFolders(string path) => Directory.Exists(path)
        ? Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)
        : [];
}
