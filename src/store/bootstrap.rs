//! The two roles, made before the migrations.
//!
//! Roles belong to the whole cluster, so two installations (or two test runs) may make them at the same moment: a
//! duplicate is no error, and a role that is already right is not altered.

use sqlx::{Connection as _, PgConnection, error::DatabaseError};

use super::{StoreError, pool::parse_url};

/// Times that making the roles is tried while others make them too.
const ATTEMPTS: u32 = 5;

/// What an administrator runs when the login that migrates may not make roles.
pub const ROLES_SQL: &str = "\
CREATE ROLE zhenshi_owner NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE zhenshi_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- For the login that migrates (DATABASE_MIGRATE_URL) and the login of the service (DATABASE_URL), here both `zhenshi`:
GRANT zhenshi_owner, zhenshi_app TO zhenshi;
-- In the database of the service:
GRANT CREATE, USAGE ON SCHEMA public TO zhenshi_owner;
GRANT USAGE ON SCHEMA public TO zhenshi_app;
";

/// Makes sure that both roles are there, that this login may take them, and that they may use the schema.
///
/// # Errors
/// [`StoreError::Unfit`] with what to run, if the login may not make roles and they are not there.
pub async fn ensure_roles(connection: &mut PgConnection) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        if roles_are_right(connection).await? {
            return Ok(());
        }
        match make_roles(connection).await {
            Ok(()) => return Ok(()),
            Err(error) if made_by_somebody_else(&error) => {}
            Err(error) if lacks_the_right(&error) => {
                return Err(StoreError::Unfit(format!(
                    "the login may not make the database roles; have an administrator run:\n{ROLES_SQL}"
                )));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict("roles".into()))
}

async fn roles_are_right(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let right = sqlx::query_scalar!(
        r#"SELECT count(*) = 2
                  AND bool_and(pg_has_role(current_user, r.oid, 'MEMBER'))
                  AND bool_and(has_schema_privilege(r.oid, 'public', 'USAGE'))
                  AND bool_and(r.rolname = 'zhenshi_app' OR has_schema_privilege(r.oid, 'public', 'CREATE')) AS "right!"
           FROM pg_roles r
           WHERE r.rolname IN ('zhenshi_owner', 'zhenshi_app')
                 AND NOT r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolbypassrls"#
    )
    .fetch_one(connection)
    .await?;
    Ok(right)
}

async fn make_roles(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    sqlx::query!(
        r#"DO $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhenshi_owner') THEN
                CREATE ROLE zhenshi_owner NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhenshi_app') THEN
                CREATE ROLE zhenshi_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
            IF NOT pg_has_role(current_user, 'zhenshi_owner', 'MEMBER') THEN
                EXECUTE format('GRANT zhenshi_owner TO %I', current_user);
            END IF;
            IF NOT pg_has_role(current_user, 'zhenshi_app', 'MEMBER') THEN
                EXECUTE format('GRANT zhenshi_app TO %I', current_user);
            END IF;
        END
        $$"#
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("GRANT CREATE, USAGE ON SCHEMA public TO zhenshi_owner").execute(&mut *tx).await?;
    sqlx::query!("GRANT USAGE ON SCHEMA public TO zhenshi_app").execute(&mut *tx).await?;
    tx.commit().await
}

/// Duplicate object, unique violation in the catalogue, or "tuple concurrently updated".
fn made_by_somebody_else(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("42710" | "23505" | "XX000"))
}

fn lacks_the_right(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).as_deref() == Some("42501")
}

/// Makes `database` on the server of `maintenance_url` if it is not there yet.
///
/// # Errors
/// When the server cannot be reached or the login may not make databases.
pub async fn ensure_database(maintenance_url: &str) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(&parse_url(maintenance_url)?).await?;
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'zhenshi') AS "there!""#
    )
    .fetch_one(&mut connection)
    .await?;
    if !there {
        sqlx::query!("CREATE DATABASE zhenshi").execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}
