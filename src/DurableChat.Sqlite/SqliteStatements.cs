namespace DurableChat.Sqlite;

/// <summary>All SQL of the store, but for the migrations.</summary>
internal static class SqliteStatements
{
    public const string LoadChat =
        """
        SELECT owner, title, model, status, archived, version, epoch, last_message_id, lease_replica, lease_token, last_lease_token,
               created_at, updated_at, client_tools, state
        FROM chats WHERE id = $id
        """;

    public const string LoadQueue = "SELECT id, content, created_at FROM queued_messages WHERE chat_id = $id";

    public const string InsertChat =
        """
        INSERT INTO chats (id, owner, title, model, status, archived, version, epoch, last_message_id, lease_replica, lease_token, last_lease_token,
                           created_at, updated_at, client_tools, state)
        SELECT $id, $owner, $title, $model, $status, $archived, $version, $epoch, $last_message_id, $lease_replica, $lease_token, $last_lease_token,
               $created_at, $updated_at, $client_tools, $state
        WHERE NOT EXISTS (SELECT 1 FROM deleted_chats WHERE id = $id)
          AND ($max_chats IS NULL OR (SELECT count(*) FROM (SELECT 1 FROM chats WHERE owner = $owner LIMIT ifnull($max_chats, 0))) < $max_chats)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <summary>True if there is, or was, a chat of this id: then a new one was not inserted because of that, and not for want of room.</summary>
    public const string IsKnownId = "SELECT EXISTS (SELECT 1 FROM chats WHERE id = $id) OR EXISTS (SELECT 1 FROM deleted_chats WHERE id = $id)";

    public const string UpdateChat =
        """
        UPDATE chats SET title = $title, model = $model, status = $status, archived = $archived, version = $version, epoch = $epoch,
                         last_message_id = $last_message_id, lease_replica = $lease_replica, lease_token = $lease_token,
                         last_lease_token = $last_lease_token, updated_at = $updated_at, state = $state
        WHERE id = $id AND version = $expected_version AND ($fencing_token IS NULL OR lease_token = $fencing_token)
        """;

    public const string RemoveMessages = "DELETE FROM messages WHERE chat_id = $id AND id >= $from";

    public const string InsertMessage =
        "INSERT INTO messages (chat_id, id, previous_id, role, created_at, body) VALUES ($chat_id, $id, $previous_id, $role, $created_at, $body)";

    public const string InsertQueued = "INSERT INTO queued_messages (chat_id, id, content, created_at) VALUES ($chat_id, $id, $content, $created_at)";

    public const string RemoveQueued = "DELETE FROM queued_messages WHERE chat_id = $chat_id AND id = $id";

    public const string FindKey = "SELECT fingerprint, outcome, created_at FROM idempotency_keys WHERE chat_id = $chat_id AND key = $key AND created_at > $expired_at";

    public const string RemoveExpiredKeys = "DELETE FROM idempotency_keys WHERE chat_id = $chat_id AND created_at <= $expired_at";

    /// <summary>Changes no row if the key is in use; an expired one is taken over.</summary>
    public const string ClaimKey =
        """
        INSERT INTO idempotency_keys (chat_id, key, fingerprint, outcome, created_at) VALUES ($chat_id, $key, $fingerprint, $outcome, $created_at)
        ON CONFLICT (chat_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, outcome = excluded.outcome, created_at = excluded.created_at
        WHERE created_at <= $expired_at
        """;

    public const string RemoveKey = "DELETE FROM idempotency_keys WHERE chat_id = $chat_id AND key = $key";

    public const string ReadHead = "SELECT version, epoch, last_message_id FROM chats WHERE id = $id";

    public const string ReadAfter =
        "SELECT id, previous_id, role, created_at, body FROM messages WHERE chat_id = $id AND id > $after ORDER BY id LIMIT $limit";

    public const string ReadBefore =
        "SELECT id, previous_id, role, created_at, body FROM messages WHERE chat_id = $id AND id > $after AND id < $before ORDER BY id DESC LIMIT $limit";

    /// <summary>The first page has a key above all others: with a condition that may be absent SQLite would not seek, and each page would cost all pages before it.</summary>
    public const string List =
        """
        SELECT id, title, model, status, archived, version, last_message_id, created_at, updated_at FROM chats
        WHERE owner = $owner AND ($archived IS NULL OR archived = $archived)
          AND (updated_at, id) < ($after_time, $after_id)
        ORDER BY updated_at DESC, id DESC LIMIT $limit
        """;

    public const string BuryChat = "INSERT INTO deleted_chats (id, deleted_at) SELECT id, $now FROM chats WHERE id = $id AND ($version IS NULL OR version = $version)";

    public static readonly string[] DeleteChat =
    [
        "DELETE FROM chats WHERE id = $id",
        "DELETE FROM messages WHERE chat_id = $id",
        "DELETE FROM queued_messages WHERE chat_id = $id",
        "DELETE FROM idempotency_keys WHERE chat_id = $id",
    ];

    public const string FindArchived = "SELECT id, archived AND updated_at <= $unchanged_since FROM chats WHERE id > $after ORDER BY id LIMIT $limit";

    /// <summary>The known chats come as a JSON array of pairs.</summary>
    public const string FindChanged =
        """
        SELECT k.value ->> 0, c.version FROM json_each($known) k LEFT JOIN chats c ON c.id = k.value ->> 0
        WHERE c.version IS NOT k.value ->> 1
        """;

    public const string Heartbeat =
        "INSERT INTO replicas (id, heartbeat_at) VALUES ($id, $now) ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at";

    public const string Retire = "DELETE FROM replicas WHERE id = $id";

    public const string RetireAll = "DELETE FROM replicas";

    public const string ListReplicas =
        """
        SELECT r.id, r.heartbeat_at, (SELECT count(*) FROM chats c WHERE c.status IN ('running', 'interrupting') AND c.lease_replica = r.id)
        FROM replicas r ORDER BY r.heartbeat_at DESC, r.id LIMIT $limit
        """;

    public const string FindClaimable =
        """
        SELECT c.id, c.lease_token FROM chats c LEFT JOIN replicas r ON r.id = c.lease_replica
        WHERE c.status IN ('running', 'interrupting') AND (c.lease_token IS NULL OR r.heartbeat_at IS NULL OR r.heartbeat_at < $alive_since)
        ORDER BY c.updated_at, c.id LIMIT $limit
        """;
}
