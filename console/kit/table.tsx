import {
  type ColumnDef,
  createSortedRowModel,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { Checkbox } from "./field.tsx";
import { Loading } from "./states.tsx";

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** What its rows are sorted by when the head is pressed; absent: it is not. Only for lists that are whole. */
  readonly sort?: ((row: T) => string | number | null) | undefined;
  readonly align?: "start" | "end" | undefined;
  /** Of CSS: `120px`, `20%`; absent: as wide as it wants. */
  readonly width?: string | undefined;
  /** The head is for screen readers only: a column of buttons. */
  readonly isHeaderHidden?: boolean | undefined;
  /** Left out where rows become cards. */
  readonly isLeftOutNarrow?: boolean | undefined;
}

export interface TableProps<T> {
  /** What the rows are, for screen readers: "Endpoints". */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** Undefined while they load. */
  readonly rows: readonly T[] | undefined;
  readonly rowId: (row: T) => string;
  /** In place of rows when there are none. */
  readonly empty?: ReactNode;
  /** Rows can be chosen; the set holds their ids. */
  readonly selection?:
    | { readonly value: ReadonlySet<string>; readonly onChange: (next: ReadonlySet<string>) => void }
    | undefined;
  /** With a height the table scrolls within and only the rows in sight are made: for hundreds of rows and more. */
  readonly height?: number | undefined;
  /** Marks a row: the one a panel shows. */
  readonly current?: string | undefined;
  /** Pressing anywhere on a row. The row must hold a link or button that does the same, which is what a keyboard uses. */
  readonly onRow?: ((row: T) => void) | undefined;
}

const features = tableFeatures({
  rowSelectionFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});
const ROW_PX = 40;

/** Rows and columns; below 640 px each row becomes a card. */
export function Table<T>({ label, columns, rows, rowId, empty, selection, height, current, onRow }: TableProps<T>) {
  const defs = useMemo<ColumnDef<typeof features, { readonly row: T }>[]>(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        accessorFn: ({ row }) => column.sort?.(row) ?? null,
        enableSorting: column.sort !== undefined,
        sortUndefined: "last" as const,
      })),
    [columns],
  );
  const data = useMemo(() => (rows ?? []).map((row) => ({ row })), [rows]);
  const chosen = useMemo<RowSelectionState>(
    () => Object.fromEntries([...(selection?.value ?? [])].map((id) => [id, true])),
    [selection?.value],
  );
  const table = useTable({
    features,
    columns: defs,
    data,
    getRowId: ({ row }) => rowId(row),
    enableRowSelection: selection !== undefined,
    state: { rowSelection: chosen },
    onRowSelectionChange: (change) => {
      const next = typeof change === "function" ? change(chosen) : change;
      selection?.onChange(new Set(Object.keys(next).filter((id) => next[id] === true)));
    },
  });
  const model = table.getRowModel().rows;
  const byId = new Map(columns.map((column) => [column.id, column]));

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    enabled: height !== undefined,
  });
  const items = height === undefined ? undefined : virtual.getVirtualItems();
  const shown = items === undefined ? model : items.flatMap((item) => model[item.index] ?? []);
  const before = items?.[0]?.start ?? 0;
  const after = items === undefined ? 0 : virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = columns.length + (selection === undefined ? 0 : 1);

  if (rows === undefined) return <Loading label={label} rows={6} />;
  if (rows.length === 0) return <>{empty}</>;
  return (
    <section
      ref={scroller}
      className="table-scroll"
      aria-label={label}
      tabIndex={0}
      style={height === undefined ? undefined : { maxHeight: height }}
    >
      <table
        className="table"
        aria-label={label}
        aria-rowcount={model.length + 1}
        data-cards={height === undefined || undefined}
      >
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {selection !== undefined && (
                <th className="table-check">
                  <Checkbox
                    aria-label="Select all"
                    isSelected={table.getIsAllRowsSelected()}
                    isIndeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                    onChange={(on) => table.toggleAllRowsSelected(on)}
                  />
                </th>
              )}
              {group.headers.map((header) => {
                const column = byId.get(header.column.id);
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    data-align={column?.align}
                    style={column?.width === undefined ? undefined : { width: column.width }}
                    aria-sort={sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" className="table-sort" onClick={header.column.getToggleSortingHandler()}>
                        {column?.header}
                        {sorted === false ? (
                          <ChevronsUpDown aria-hidden />
                        ) : sorted === "asc" ? (
                          <ArrowUp aria-hidden />
                        ) : (
                          <ArrowDown aria-hidden />
                        )}
                      </button>
                    ) : (
                      <span className={column?.isHeaderHidden === true ? "hidden-visually" : undefined}>
                        {column?.header}
                      </span>
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 && (
            <tr className="table-gap">
              <td colSpan={width} style={{ height: before }} />
            </tr>
          )}
          {shown.map((row) => (
            <tr
              key={row.id}
              data-current={row.id === current || undefined}
              data-chosen={row.getIsSelected() || undefined}
              data-pressable={onRow !== undefined || undefined}
              aria-selected={selection === undefined ? undefined : row.getIsSelected()}
              onClick={
                onRow === undefined
                  ? undefined
                  : (event) => {
                      const { target } = event;
                      if (target instanceof Element && target.closest("a,button,input,label") === null)
                        onRow(row.original.row);
                    }
              }
            >
              {selection !== undefined && (
                <td className="table-check">
                  <Checkbox
                    aria-label={`Select ${row.id}`}
                    isSelected={row.getIsSelected()}
                    onChange={(on) => row.toggleSelected(on)}
                  />
                </td>
              )}
              {columns.map((column) => (
                <td
                  key={column.id}
                  data-align={column.align}
                  data-label={column.isHeaderHidden === true ? undefined : column.header}
                  data-left-out={column.isLeftOutNarrow || undefined}
                >
                  {column.cell(row.original.row)}
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && (
            <tr className="table-gap">
              <td colSpan={width} style={{ height: after }} />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
