using System.Text.Json.Serialization;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// The history as a client shows it. Each request contains all of it, and only the last message is new. Of the other
/// messages, only the facts are kept that locate the last message in the chat.
/// </summary>
/// <param name="Count">How many messages there are.</param>
/// <param name="Last">The last message; null if there is none.</param>
/// <param name="Known">
/// The last user message before it that has an id of the server, either its own or its answer's; 0 if there is none.
/// </param>
/// <param name="UsersSince">The number of user messages between that message and the last.</param>
[JsonConverter(typeof(AiSdkMessagesConverter))]
internal sealed record AiSdkMessages(int Count, AiSdkMessage? Last, long Known, int UsersSince);
