namespace DurableChat.Client.Streams;

/// <summary>The list of chats needs no position: each connection starts with the whole list.</summary>
internal sealed class ListStreamGuard : IStreamGuard
{
    public string Query => string.Empty;

    public string? Position => null;

    public void BeginConnection()
    {
    }

    public bool TryTake(ChatEvent next, List<ChatEvent> passed)
    {
        passed.Add(next);
        return true;
    }
}
