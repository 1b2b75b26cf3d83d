namespace DurableChat.Client;

/// <summary>How the <see cref="Microsoft.Extensions.AI.IChatClient"/> over a server behaves. Not to be changed once it is in use.</summary>
public sealed class DurableChatAdapterOptions
{
    /// <summary>
    /// True passes over system messages and <see cref="Microsoft.Extensions.AI.ChatOptions.Instructions"/>; false, the default, refuses them with <see cref="NotSupportedException"/>: the server has its
    /// own, and dropping a program's in silence would surprise.
    /// </summary>
    public bool IgnoreInstructions { get; set; }

    /// <summary>
    /// True passes over temperatures and the like, and over the form of the answer; false, the default, asks for them,
    /// and the server refuses what the model does not allow.
    /// </summary>
    public bool IgnoreSettings { get; set; }

    /// <summary>
    /// True stops the turn on the server if the caller cancels, or stops enumerating, or takes the message back if it still waits in the queue; false, the default, lets it go on: it is found in the chat
    /// later.
    /// </summary>
    public bool InterruptOnCancel { get; set; }
}
