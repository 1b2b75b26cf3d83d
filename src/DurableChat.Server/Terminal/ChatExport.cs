using System.Text.Json.Serialization;
using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>A chat in the format of export files.</summary>
/// <param name="Format">The version of the format; see <see cref="CurrentFormat"/>.</param>
/// <param name="Id">The id of the exported chat.</param>
/// <param name="Title">Its title.</param>
/// <param name="Model">The configured name of its model.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Messages">Its history.</param>
internal sealed record ChatExport(string Format, string Id, string Title, string Model, DateTimeOffset CreatedAt, IReadOnlyList<HistoryMessage> Messages)
{
    public const string CurrentFormat = "durablechat-1";

    /// <summary>True if all members are present that every export has. JSON may omit them.</summary>
    [JsonIgnore]
    public bool IsWhole =>
        Title is not null && Model is not null
        && Messages.All(message => message is { Role: not null, Parts: not null } && !message.Parts.Contains(null!));
}
