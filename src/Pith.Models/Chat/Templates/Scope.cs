namespace Pith.Models.Chat.Templates;

/// <summary>Variables, inside of others.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, object?> _variables;
    private readonly Scope? _outer;

    /// <summary>Makes a scope.</summary>
    public Scope(Dictionary<string, object?> variables, Scope? outer)
    {
        _variables = variables;
        _outer = outer;
    }

    /// <summary>Makes an empty scope inside of another.</summary>
    public Scope(Scope outer)
        : this(new Dictionary<string, object?>(StringComparer.Ordinal), outer)
    {
    }

    /// <summary>The value of a variable; undefined when there is none.</summary>
    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._variables.TryGetValue(name, out var value))
                return value;
        }

        return Undefined.Instance;
    }

    /// <summary>Sets a variable of this scope.</summary>
    public void Set(string name, object? value) => _variables[name] = value;
}
