namespace DurableChat.Client;

/// <summary>
/// Options of the <see cref="Microsoft.Extensions.AI.IChatClient"/> for a server. Do not change them once they are in
/// use.
/// </summary>
public sealed class DurableChatAdapterOptions
{
    /// <summary>
    /// If true, system messages and <see cref="Microsoft.Extensions.AI.ChatOptions.Instructions"/> are ignored. If
    /// false, they are refused with <see cref="NotSupportedException"/>, because the server has its own instructions
    /// and silently dropping the program's would be surprising. Default false.
    /// </summary>
    public bool IgnoreInstructions { get; set; }

    /// <summary>
    /// If true, settings such as the temperature and the form of the answer are ignored. If false, they are sent, and
    /// the server refuses what the model does not allow. Default false.
    /// </summary>
    public bool IgnoreSettings { get; set; }

    /// <summary>
    /// If true, cancelling or ending the enumeration stops the turn on the server, or removes the message if it still
    /// waits in the queue. If false, the turn continues, and its answer is in the chat later. Default false.
    /// </summary>
    public bool InterruptOnCancel { get; set; }
}
