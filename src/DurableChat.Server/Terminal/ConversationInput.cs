using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>An event to which a conversation reacts.</summary>
internal abstract record ConversationInput
{
    private ConversationInput()
    {
    }

    /// <summary>The user entered a line; null at the end of the input.</summary>
    public sealed record Line(string? Text) : ConversationInput;

    /// <summary>The user pressed Ctrl-C.</summary>
    public sealed record Stop : ConversationInput;

    /// <summary>The stream sent an event.</summary>
    public sealed record Happened(ChatEvent Event) : ConversationInput;

    /// <summary>
    /// The connection is lost and will be retried. Posted once per loss, however many retries there are.
    /// </summary>
    public sealed record Lost : ConversationInput;

    /// <summary>The stream has ended and will not be retried.</summary>
    public sealed record Failed(Exception Exception) : ConversationInput;
}
