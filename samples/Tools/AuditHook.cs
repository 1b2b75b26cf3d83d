using DurableChat;
using DurableChat.Hooks;
using DurableChat.Storage;

namespace Samples.Tools;

/// <summary>Writes down who spoke. It may be told the same twice.</summary>
public sealed class AuditHook(ChatService chats, ILogger<AuditHook> log) : ICommitHook
{
    public async Task OnCommittedAsync(CommitNotice notice, CancellationToken cancellationToken)
    {
        var query = MessageQuery.After(notice.AfterMessageId, 100, ReadReason.History);
        var page = await chats.ReadMessagesAsync(notice.Owner, notice.ChatId, query, cancellationToken);
        foreach (var message in page?.Messages ?? [])
        {
            log.LogInformation("Chat {Chat}: message {Message} of {Role}", notice.ChatId, message.Id, message.Role);
        }
    }
}
