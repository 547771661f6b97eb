//! What a person has set for himself on the page: saved views of the worklist, and keys that are switched off.

use super::{App, AppError};
use crate::{
    security::{policy::Action, principal::Principal},
    store::page_setting::{Setting, SettingKind},
};

/// Most saved views of a person.
pub const MOST_VIEWS: i64 = 20;
/// Most characters of a view's name.
pub const VIEW_NAME_CHARACTERS: usize = 40;
/// Most characters of a view's query.
pub const VIEW_QUERY_CHARACTERS: usize = 2_000;
/// The switch of the worklist's keys.
const KEYS: &str = "keys";
/// What a switch says that is off.
const OFF: &str = "off";

/// What a person has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSettings {
    /// Saved views: name and query.
    pub views: Vec<(String, String)>,
    /// Keys of the worklist are on.
    pub keys: bool,
}

/// The settings of `principal`.
///
/// # Errors
/// [`AppError::NotPermitted`] for whom there is no worklist; [`AppError::StoreUnavailable`].
pub async fn read(app: &App, principal: &Principal) -> Result<PageSettings, AppError> {
    let scope = principal.permit(Action::ListCases)?;
    let all = app.store.page_settings(scope).await.map_err(|error| app.failed(&error))?;
    let mut settings = PageSettings { views: Vec::new(), keys: true };
    for one in all {
        match one.kind {
            SettingKind::View => settings.views.push((one.name, one.value)),
            SettingKind::Switch => settings.keys &= !(one.name == KEYS && one.value == OFF),
        }
    }
    Ok(settings)
}

/// Saves the view `name`; says whether there was room for it.
///
/// # Errors
/// As [`read`]. Name and query are within their limits: the caller has seen to it.
pub async fn save_view(
    app: &App,
    principal: &Principal,
    name: String,
    query: String,
) -> Result<bool, AppError> {
    set(app, principal, Setting { kind: SettingKind::View, name, value: query }).await
}

/// Takes the view `name` away.
///
/// # Errors
/// As [`read`].
pub async fn drop_view(app: &App, principal: &Principal, name: String) -> Result<(), AppError> {
    let scope = principal.permit(Action::ListCases)?;
    let dropped = app.store.drop_page_setting(scope, SettingKind::View, name).await;
    dropped.map_err(|error| app.failed(&error))
}

/// Switches the keys of the worklist on or off.
///
/// # Errors
/// As [`read`].
pub async fn switch_keys(app: &App, principal: &Principal, on: bool) -> Result<(), AppError> {
    if on {
        let scope = principal.permit(Action::ListCases)?;
        let dropped = app.store.drop_page_setting(scope, SettingKind::Switch, KEYS.into()).await;
        return dropped.map_err(|error| app.failed(&error));
    }
    let off = Setting { kind: SettingKind::Switch, name: KEYS.into(), value: OFF.into() };
    set(app, principal, off).await.map(|_| ())
}

async fn set(app: &App, principal: &Principal, setting: Setting) -> Result<bool, AppError> {
    let scope = principal.permit(Action::ListCases)?;
    let set = app.store.set_page_setting(scope, setting, MOST_VIEWS, app.clock.now()).await;
    set.map_err(|error| app.failed(&error))
}
