using Pith.Models.Chat;

namespace Pith.Fuzz.Targets;

/// <summary>A chat template: read, and filled with a conversation.</summary>
internal static class ChatTemplates
{
    private static readonly ChatInputs Inputs = new()
    {
        Messages = [new("system", "Be brief."), new("user", "Hi"), new("assistant", "<think>a</think>Hello."), new("user", "And you?")],
        BosToken = "<s>",
        EosToken = "</s>",
        Now = new DateTime(2024, 7, 26, 0, 0, 0, DateTimeKind.Utc),
    };

    public static readonly FuzzTarget Target =
        new("chat-template", "chat_template.jinja", path => ChatTemplate.Parse(File.ReadAllText(path)).Render(Inputs));
}
