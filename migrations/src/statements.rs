//! Short forms of the statements every migration uses. Names of constraints are given by the caller: code recognises them.

use sea_orm_migration::prelude::*;

/// A named unique index; its name becomes a field error where a form can break it.
pub(crate) async fn unique(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(on(name, table, columns).unique().to_owned()).await
}

/// A named index for a query that would otherwise scan.
pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(on(name, table, columns)).await
}

fn on(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement = Index::create();
    statement.name(name).table(table);
    for column in columns {
        statement.col(*column);
    }
    statement
}

/// Drops a table; used by `down` in the reverse order of `up`.
pub(crate) async fn drop(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    manager.drop_table(Table::drop().table(table).to_owned()).await
}

/// Adds columns to tables that are there.
pub(crate) async fn add_columns(
    manager: &SchemaManager<'_>,
    columns: impl IntoIterator<Item = (&'static str, ColumnDef)>,
) -> Result<(), DbErr> {
    for (table, mut column) in columns {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    Ok(())
}

/// Takes them away again, the last first.
pub(crate) async fn drop_columns(
    manager: &SchemaManager<'_>,
    columns: impl IntoIterator<Item = (&'static str, ColumnDef), IntoIter: DoubleEndedIterator>,
) -> Result<(), DbErr> {
    for (table, column) in columns.into_iter().rev() {
        let name = column.get_column_name();
        manager.alter_table(Table::alter().table(table).drop_column(Alias::new(name)).to_owned()).await?;
    }
    Ok(())
}
