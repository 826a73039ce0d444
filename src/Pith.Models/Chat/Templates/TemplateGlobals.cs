using System.Globalization;
using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Chat.Templates;

/// <summary>The variables and functions that a template starts with.</summary>
internal static class TemplateGlobals
{
    /// <summary>The letters of <c>strftime</c>, and the framework's format of each.</summary>
    private static readonly Dictionary<char, string> s_dateFormats = new()
    {
        ['d'] = "dd", ['m'] = "MM", ['Y'] = "yyyy", ['y'] = "yy", ['b'] = "MMM", ['B'] = "MMMM", ['a'] = "ddd",
        ['A'] = "dddd", ['H'] = "HH", ['I'] = "hh", ['M'] = "mm", ['S'] = "ss", ['p'] = "tt",
    };

    /// <summary>The variables for some inputs.</summary>
    public static Dictionary<string, object?> Of(ChatInputs inputs)
    {
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = inputs.Messages.Select(Message).ToList(),
            ["add_generation_prompt"] = inputs.AddsGenerationPrompt,
            ["bos_token"] = inputs.BosToken ?? (object)Undefined.Instance,
            ["eos_token"] = inputs.EosToken ?? (object)Undefined.Instance,
            ["tools"] = null,
            ["documents"] = null,
            ["raise_exception"] = (TemplateFunction)Raise,
            ["namespace"] = (TemplateFunction)MakeNamespace,
            ["dict"] = (TemplateFunction)MakeMap,
            ["range"] = (TemplateFunction)Range,
        };
        if (inputs.Now is { } now)
            variables["strftime_now"] = (TemplateFunction)((_, call) => Date(now, call.Text(0, "format"), call.Place));
        foreach (var (name, value) in inputs.Variables)
        {
            variables[name] = value is null or bool or long or double or string
                ? value
                : throw new ArgumentException($"The variable '{name}' is a {value.GetType().Name}.", nameof(inputs));
        }

        return variables;
    }

    private static object? Message(ChatMessage message)
    {
        var map = new TemplateMap();
        map.Set("role", message.Role);
        map.Set("content", message.Content);
        return map;
    }

    private static object? Raise(Renderer renderer, Arguments call) =>
        throw new PithException(ModelsErrors.ChatTemplateRefused, $"The chat template says: {call.Text(0, "message")}");

    private static TemplateNamespace MakeNamespace(Renderer renderer, Arguments call)
    {
        var space = new TemplateNamespace();
        foreach (var (name, value) in call.Named)
            space.Members.Set(name, value);
        return space;
    }

    private static TemplateMap MakeMap(Renderer renderer, Arguments call)
    {
        var map = new TemplateMap();
        foreach (var (name, value) in call.Named)
            map.Set(name, value);
        return map;
    }

    private static List<object?> Range(Renderer renderer, Arguments call)
    {
        var one = call.Integer(0, "start", 0);
        var (start, stop) = call.Positional.Count > 1 ? (one, call.Integer(1, "stop", 0)) : (0, one);
        var step = call.Integer(2, "step", 1);
        if (step == 0)
            throw call.Place.Failed("the step is zero");
        var items = new List<object?>();
        for (var value = (Int128)start; step > 0 ? value < stop : value > stop; value += step)
        {
            if (items.Count == TemplateLimits.MaxItems)
                throw call.Place.TooLarge($"a list has more than {TemplateLimits.MaxItems} items");
            items.Add((long)value);
        }

        return items;
    }

    private static string Date(DateTime now, string format, SourcePlace place)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
                result.Append(format[i]);
            else if (format[++i] == '%')
                result.Append('%');
            else if (s_dateFormats.TryGetValue(format[i], out var part))
                result.Append(now.ToString(part, CultureInfo.InvariantCulture));
            else
                throw place.Unsupported($"the date format '%{format[i]}'");
        }

        return result.ToString();
    }
}
