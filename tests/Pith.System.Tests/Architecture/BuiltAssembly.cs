using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Pith.TestKit;

namespace Pith.SystemTests.Architecture;

/// <summary>What a built assembly refers to, read from its metadata without loading it.</summary>
internal sealed class BuiltAssembly
{
    /// <summary>Reads the assembly of a project under <c>src</c>.</summary>
    public BuiltAssembly(string project)
    {
        using var file = new PEReader(File.OpenRead(Repository.AssemblyOf(project)));
        var metadata = file.GetMetadataReader();
        Assemblies = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        Types = [.. metadata.TypeReferences.Select(handle => NameOf(metadata, metadata.GetTypeReference(handle)))];
        Members = [.. metadata.MemberReferences.Select(handle => metadata.GetMemberReference(handle))
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{NameOf(metadata, metadata.GetTypeReference((TypeReferenceHandle)member.Parent))}.{metadata.GetString(member.Name)}")];
    }

    /// <summary>Names of the assemblies it uses.</summary>
    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>Full names of the types of others that it uses.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Full names of the members of others that it uses.</summary>
    public IReadOnlyList<string> Members { get; }

    private static string NameOf(MetadataReader metadata, TypeReference type) =>
        $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
}
