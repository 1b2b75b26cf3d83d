using DurableChat.Client;

namespace DurableChat.Server.Clients;

/// <summary>Something that a conversation has to react to.</summary>
internal abstract record ConversationInput
{
    private ConversationInput()
    {
    }

    /// <summary>A line was typed; null at the end of the input.</summary>
    public sealed record Line(string? Text) : ConversationInput;

    /// <summary>Ctrl-C was pressed.</summary>
    public sealed record Stop : ConversationInput;

    /// <summary>The stream says something.</summary>
    public sealed record Happened(ChatEvent Event) : ConversationInput;

    /// <summary>The connection is lost and will be tried again. Said once for each loss, however often it is tried.</summary>
    public sealed record Lost : ConversationInput;

    /// <summary>The stream has ended for good.</summary>
    public sealed record Failed(Exception Exception) : ConversationInput;
}
