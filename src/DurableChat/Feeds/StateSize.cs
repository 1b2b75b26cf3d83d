using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>The approximate size of a chat's state in memory, in bytes, split by what can be freed and when.</summary>
/// <param name="Rest">What always stays: title, owner, error and so on.</param>
/// <param name="Queue">The queued messages.</param>
/// <param name="Tools">The client tools.</param>
/// <param name="Calls">The pending tool calls.</param>
internal readonly record struct StateSize(long Rest, long Queue, long Tools, long Calls)
{
    /// <summary>The approximate size of the objects of a state.</summary>
    private const int Base = 512;

    /// <summary>The approximate size of an object in a list, with the headers of its strings.</summary>
    private const int Item = 128;

    public long Total => Rest + Queue + Tools + Calls;

    public static StateSize Of(Chat chat) => new(
        Base + Text(chat.Owner) + Text(chat.Title) + Text(chat.Model) + Text(chat.Fallback?.Model ?? "") + Choices(chat)
            + Of(chat.Error) + Of(chat.Retry?.Error),
        Sum(chat.Queue, static queued => Text(queued.Content) + Of(queued.Settings)),
        Sum(chat.ClientTools, static tool => Text(tool.Name) + Text(tool.Description) + Text(tool.Parameters)),
        Sum(chat.PendingToolCalls, static call => Text(call.CallId) + Text(call.Name) + Text(call.Arguments)));

    private static long Choices(Chat chat) =>
        Text(chat.NextModel ?? "") + Text(chat.TurnModel ?? "") + Of(chat.Settings);

    private static long Of(GenerationSettings? settings) =>
        settings is null ? 0 : Item + (GenerationSettings.SizeOf(settings) * sizeof(char));

    private static long Of(ChatError? error) => error is null ? 0 : Item + Text(error.Code) + Text(error.Message);

    private static long Text(string text) => (long)text.Length * sizeof(char);

    private static long Sum<T>(IReadOnlyList<T> items, Func<T, long> size)
    {
        var bytes = 0L;
        for (var i = 0; i < items.Count; i++)
        {
            bytes += Item + size(items[i]);
        }

        return bytes;
    }
}
